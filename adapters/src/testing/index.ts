export { startPostgres, type InnerPostgres } from './inner-postgres.js';
export { openTestDatabase, type TestDatabase } from './test-database.js';
export { newDatabase } from './new-database.js';
export { redisMissing, startRedis, type TestRedis } from './redis-server.js';
export { startTcpProxy, type ProxyFault, type TcpProxy } from './network/tcp-proxy.js';
export { blobStoreSuite, type BlobStoreSubject } from './blobs/blob-store-suite.js';
export { s3Missing, startS3, type TestS3 } from './blobs/s3-server.js';
export { originalStoreSuite, type OriginalStoreSubject } from './blobs/original-store-suite.js';
export {
  batchedAnswer,
  startBatchProvider,
  type BatchProvider,
  type CallFate,
  type SeenBatch,
} from './batches/batch-provider.js';
export { openDriveDouble } from '../sources/drive/drive-double.js';
export { openGithubDouble } from '../sources/github/github-double.js';
export { blockOf as notionBlock, openNotionDouble, textOf as notionText } from '../sources/notion/notion-double.js';
export { messages, methods, requestOf } from '../vectors/milvus/interface.js';
export { startFakePinecone } from '../vectors/pinecone/__fixtures__/fake-pinecone.js';
export { openSlackDouble } from '../sources/slack/slack-double.js';
export { openZendeskDouble } from '../sources/zendesk/zendesk-double.js';
export { writePdf, type PdfLine } from './files/write-pdf.js';
export { writeZip, type ZipFile } from './files/write-zip.js';
