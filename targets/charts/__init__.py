"""Charts of papers and pages: plain values drawn as SVG, each with the table it is drawn from."""
