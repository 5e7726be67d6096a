import { workTimes } from '@heddle/server/cluster';
import { readSettings } from '@heddle/server';
import { afterAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from '../built-program.js';
import { hasRoute, settingNames, text, version } from './read-manifests.js';

const Health = z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() });
const Service = z.object({
  image: z.string(),
  user: z.string().optional(),
  read_only: z.boolean().default(false),
  privileged: z.boolean().default(false),
  cap_add: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()),
  tmpfs: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  env_file: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
  healthcheck: Health.optional(),
  deploy: z.object({ replicas: z.number() }).optional(),
  networks: z.object({ default: z.object({ ipv4_address: z.string() }) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const compose = z
  .object({
    services: z.record(z.string(), Service),
    volumes: z.record(z.string(), z.unknown()),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
    networks: z.object({
      default: z.object({ ipam: z.object({ config: z.array(z.object({ subnet: z.string(), gateway: z.string() })) }) }),
    }),
  })
  .parse(parse(text('docker-compose.cluster.yml'), { merge: true }));
const services = Object.entries(compose.services).map(([name, service]) => ({ name, ...service }));
const serviceOf = (name: string) => services.find((service) => service.name === name);
const own = services.filter(({ image }) => image.startsWith('heddle:'));
const processes = own.filter(({ environment }) => environment['HEDDLE_ROLE'] !== undefined);

const folder = mkdtempSync(join(tmpdir(), 'heddle-secrets-'));
const secrets = join(folder, 'secrets');
const make = () =>
  execFileSync('sh', [join(root, 'deploy/compose/make-secrets.sh'), secrets], { cwd: folder, stdio: 'pipe' });
make();
afterAll(() => rmSync(folder, { recursive: true }));
const secret = (name: string): string => readFileSync(join(secrets, name), 'utf8').trim();

/** The default variables of a service, with those of its files. */
function variablesOf({ environment, env_file: files }: (typeof services)[number]): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const line of files.flatMap((file) => secret(file.replace(/^secrets\//, '')).split('\n'))) {
    const [, name = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    variables[name] = value;
  }
  for (const [name, value] of Object.entries(environment))
    variables[name] = value.replace(/\$\{[A-Z_]+:-(.*?)\}/g, '$1');
  return variables;
}

describe('docker-compose.cluster.yml', () => {
  it('has two processes that answer requests, workers, and one job that migrates before them', () => {
    const roles = processes.map(({ name, environment }) => [name, environment['HEDDLE_ROLE']]);
    expect(roles).toEqual([
      ['api-1', 'api'],
      ['api-2', 'api'],
      ['worker', 'worker'],
    ]);
    expect(serviceOf('worker')?.deploy?.replicas).toBeGreaterThan(1);
    expect(own.filter(({ command }) => command.includes('migrate')).map(({ name }) => name)).toEqual(['migration']);
    for (const { depends_on: before, environment } of processes) {
      expect(before).toMatchObject({ migration: { condition: 'service_completed_successfully' } });
      expect(environment['HEDDLE_DATABASE_MIGRATE']).toBe('false');
    }
  });

  it.each(services)('pins the image of $name', ({ image }) => {
    const [, tag] = image.split(':');
    expect(tag).toMatch(/\d+\.\d+/);
    if (image.startsWith('heddle')) expect(tag).toBe(version);
  });

  it.each(services)('gives $name only the rights that it needs', (service) => {
    expect(service.privileged).toBe(false);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    for (const volume of service.volumes) {
      const [source = '', , mode] = volume.split(':');
      // A folder of the host is only read.
      expect([source, source.startsWith('./deploy/') ? mode : source in compose.volumes]).toEqual([
        source,
        source.startsWith('./deploy/') ? 'ro' : true,
      ]);
    }
  });

  it.each(own)('runs $name on a read-only root, as the user of the image', (service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], cap_add: [], user: 'node', volumes: [] });
    expect(service.tmpfs.map((entry) => entry.split(':')[0])).toEqual(['/tmp']);
    expect(text('Dockerfile')).toContain('\nVOLUME /data\n');
  });

  it.each(own)('sets only existing settings with valid values for $name', (service) => {
    const variables = variablesOf(service);
    expect(Object.keys(variables).filter((name) => !settingNames.has(name))).toEqual([]);
    expect(() => readSettings(variables)).not.toThrow();
    for (const [name, value] of Object.entries(variables))
      if (name.endsWith('_FILE')) expect(service.secrets).toContain(value.replace('/run/secrets/', ''));
    for (const [name, value] of Object.entries(service.environment))
      if (/KEY$|SECRET|TOKEN|PASSWORD$|DATABASE_URL$|REDIS_URL$/.test(name)) expect([name, value]).toEqual([name, '']);
  });

  it.each(processes)(
    'checks the health of $name, and gives it time to stop',
    ({ healthcheck, stop_grace_period: grace, environment }) => {
      const [, path = ''] = /http:\/\/127\.0\.0\.1:3000(\/[a-z/]+)/.exec(healthcheck?.test?.join(' ') ?? '') ?? [];
      expect(path).toBe(environment['HEDDLE_ROLE'] === 'api' ? '/api/health/ready' : '/api/health/live');
      expect(hasRoute(path)).toBe(true);
      expect(Number.parseInt(grace ?? '0', 10)).toBeGreaterThan(workTimes.drainMs / 1_000 + 10);
    },
  );

  it('waits for services that report when they are ready', () => {
    for (const { name, depends_on: before } of services)
      for (const [other, { condition }] of Object.entries(before)) {
        const check = serviceOf(other)?.healthcheck?.test;
        if (condition === 'service_healthy') expect([name, other, check === undefined]).toEqual([name, other, false]);
        else expect([name, other, condition]).toEqual([name, other, 'service_completed_successfully']);
      }
  });

  it('spreads requests over the API processes, and trusts only the balancer and this machine', () => {
    const caddy = text('deploy/compose/Caddyfile');
    const [, upstreams = ''] = /\{\$API_PROCESSES:([^}]*)\}/.exec(caddy) ?? [];
    const api = processes.filter(({ environment }) => environment['HEDDLE_ROLE'] === 'api');
    expect(upstreams.split(' ')).toEqual(api.map(({ name, environment }) => `${name}:${environment['PORT']}`));
    const [, path = ''] = /health_uri (\S+)/.exec(caddy) ?? [];
    expect([path, hasRoute(path)]).toEqual(['/api/health/ready', true]);
    const balancer = serviceOf('balancer');
    const [, port] = /^:(\d+) \{/m.exec(caddy) ?? [];
    expect(balancer?.ports.map((each) => each.split(':').at(-1))).toEqual([port]);
    const address = balancer?.networks?.default.ipv4_address ?? '';
    const [network] = compose.networks.default.ipam.config;
    // The gateway is this machine.
    for (const { environment } of processes)
      expect(environment['HEDDLE_TRUST_PROXY']).toBe(`${network?.gateway}, ${address}`);
    expect(caddy).toContain(`trusted_proxies {$TRUSTED_PROXY:${network?.gateway}}`);
    const { subnet = '' } = network ?? {};
    for (const each of [address, network?.gateway ?? ''])
      expect(subnet.endsWith('.0/24') && each.startsWith(subnet.slice(0, -4))).toBe(true);
  });

  it('allows the connections of twice as many processes, and uses a Redis that evicts nothing', () => {
    const connections = Number(/max_connections=(\d+)/.exec(serviceOf('postgres')?.command.join(' ') ?? '')?.[1]);
    const count = processes.reduce((sum, { deploy }) => sum + (deploy?.replicas ?? 1), 0);
    expect(connections).toBeGreaterThan(2 * count * 16);
    expect(serviceOf('valkey')?.command.join(' ')).toMatch(/--maxmemory-policy noeviction --appendonly yes/);
  });
});

describe('deploy/compose/make-secrets.sh', () => {
  it('makes each file that compose reads, in a folder only for its owner', () => {
    const wanted = [
      ...Object.values(compose.secrets).map(({ file }) => file.replace('./secrets/', '')),
      ...services.flatMap(({ env_file: files }) => files.map((file) => file.replace('secrets/', ''))),
    ];
    expect(readdirSync(secrets).sort()).toEqual([...new Set(wanted)].sort());
    expect(statSync(secrets).mode & 0o777).toBe(0o700);
    for (const { secrets: names } of services)
      expect(names.filter((name) => compose.secrets[name] === undefined)).toEqual([]);
    for (const file of ['.gitignore', '.dockerignore']) expect(text(file)).toMatch(/^\/?secrets\/?$/m);
  });

  it('writes addresses of the services, with their passwords', () => {
    const database = new URL(secret('database-url'));
    const { POSTGRES_USER, POSTGRES_DB } = serviceOf('postgres')?.environment ?? {};
    expect([database.username, database.pathname, database.hostname]).toEqual([
      POSTGRES_USER,
      `/${POSTGRES_DB}`,
      'postgres',
    ]);
    expect(database.password).toBe(secret('postgres-password'));
    const redis = new URL(secret('redis-url'));
    expect(`requirepass ${redis.password}`).toBe(secret('valkey.conf'));
    const bucket = new URL(secret('blobs-url'));
    const endpoint = new URL(bucket.searchParams.get('endpoint') ?? '');
    expect(serviceOf('bucket')?.command).toContain(`-s3.port=${endpoint.port}`);
    for (const { hostname } of [database, redis, endpoint]) expect(serviceOf(hostname)).toBeDefined();
    expect(() => readSettings({ HEDDLE_DATABASE_URL: database.href, HEDDLE_REDIS_URL: redis.href })).not.toThrow();
    const identities = z
      .object({
        identities: z.array(
          z.object({ credentials: z.array(z.object({ accessKey: z.string(), secretKey: z.string() })) }),
        ),
      })
      .parse(JSON.parse(secret('bucket.json'))).identities;
    const [key] = identities.flatMap(({ credentials }) => credentials);
    expect([bucket.username, bucket.password]).toEqual([key?.accessKey, key?.secretKey]);
  });

  it('makes a key file as Heddle writes it, and no password twice', () => {
    const [, key = ''] = /^heddle-key-1 (\S+)$/.exec(secret('heddle.key')) ?? [];
    expect(Buffer.from(key, 'base64').length).toBe(32);
    const passwords = [new URL(secret('database-url')).password, new URL(secret('redis-url')).password, key];
    for (const password of passwords) expect(password.length).toBeGreaterThan(40);
    expect(new Set(passwords).size).toBe(3);
  });

  it('does not change existing secrets', () => {
    const before = secret('heddle.key');
    expect(make).toThrow(/is there already/);
    expect(secret('heddle.key')).toBe(before);
  });
});
