"""The board of a policy's tasks: states, reports, milestones, the account pages' grants."""
