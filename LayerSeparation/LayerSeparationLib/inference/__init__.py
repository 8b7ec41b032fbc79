"""What every network of this project shares: weights and their check, device choice, running in batches.

Import from its files: only `weights` and `device` can be imported without torch.
"""
