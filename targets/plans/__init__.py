"""What-if plans: supposed steps laid over the registers, measured, and later held against facts."""
