"""Reviewed maps of the regions: uploaded by one, checked by another, drawn with their 审图号."""
