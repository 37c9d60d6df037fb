"""The bank: what students get wrong, a file a layer."""
