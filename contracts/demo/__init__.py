"""The demo city: fictitious institutions and people in the real regions of Wuhai."""
