/** Injects the stored files, a `BlobStore`. */
export const BLOBS = Symbol('blobs');

/** Injects the folder for uploads that wait for their job, a path. */
export const UPLOAD_FOLDER = Symbol('upload folder');
