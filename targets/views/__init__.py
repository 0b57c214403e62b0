"""Pages of targets, indicators and the records behind them."""
