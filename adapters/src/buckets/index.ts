export { openBucket, type Bucket } from './open-bucket.js';
export { bucketOwner } from './bucket-owner.js';
export { noteBucket, readNotedBucket } from './noted-bucket.js';
export { fillBucket } from './fill-bucket.js';
