"""The nineteen processes of the month, one mechanism a file."""
