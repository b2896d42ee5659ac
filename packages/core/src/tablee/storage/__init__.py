"""Where bytes are kept: the object store, its folders, and files written atomically."""
