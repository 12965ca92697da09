"""Images: the catalogue of datasets, their readers, and how images are laid out for training and test."""
