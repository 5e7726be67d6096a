export { openBucket, type Bucket, type BucketOptions } from './open-bucket.js';
export { bucketOwner } from './bucket-owner.js';
export type { BucketOwner, NotedBucket } from './bucket-marker.js';
export { noteBucket, readNotedBucket } from './noted-bucket.js';
export { parseS3Address } from '../blobs/s3/s3-address.js';
export { fillBucket, type FilledBucket } from './fill-bucket.js';
