/** Nest's injection token of the stored files, a `BlobStore`. */
export const BLOBS = Symbol('blobs');

/** Nest's injection token of the path to the folder for uploads that wait for their job. */
export const UPLOAD_FOLDER = Symbol('upload folder');
