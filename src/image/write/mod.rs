//! Writers of image files.
