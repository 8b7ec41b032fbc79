"""Images, masks and headers as bytes: what formats share, and what reads it back."""
