import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..');
const text = (name: string): string => readFileSync(join(root, name), 'utf8');

const Service = z.object({
  extends: z.object({ service: z.string() }).optional(),
  profiles: z.array(z.string()).default([]),
  privileged: z.boolean().default(false),
  read_only: z.boolean().default(false),
  user: z.string().optional(),
  network_mode: z.string().optional(),
  cap_add: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
});
const { services, volumes } = z
  .object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.unknown()) })
  .parse(parse(text('docker-compose.yml')));
const heddle = Service.parse(services['heddle']);

/** The instructions of the image's last stage, in order. */
const instructions = text('Dockerfile')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line));
const lastFrom = instructions.findLastIndex((line) => line.startsWith('FROM '));
const lastStage = instructions.slice(lastFrom);
const last = (name: string): string | undefined =>
  lastStage.findLast((line) => line.startsWith(`${name} `))?.slice(name.length + 1);

describe('docker-compose.yml', () => {
  it('runs Heddle without rights, on a root that cannot be written', () => {
    expect(heddle).toMatchObject({ read_only: true, privileged: false, cap_drop: ['ALL'], cap_add: [], user: 'node' });
    expect(heddle.network_mode).toBeUndefined();
    expect(heddle.security_opt).toContain('no-new-privileges:true');
    expect(heddle.tmpfs.map((entry) => entry.split(':')[0])).toEqual(['/tmp']);
  });

  it('asks for sign-in where it listens on every address, and sets no secret', () => {
    expect(heddle.environment).toMatchObject({ HOST: '0.0.0.0', HEDDLE_SIGN_IN: 'required' });
    for (const service of Object.values(services))
      for (const [name, value] of Object.entries(service.environment))
        if (/KEY|TOKEN|SECRET|PASSWORD/.test(name)) expect(value).toMatch(/^\$\{[A-Z_]+:-\}$/);
  });

  it('publishes every port to this machine alone', () => {
    const ports = Object.values(services).flatMap((service) => service.ports);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('keeps data in named volumes, and reaches no folder or socket of the host', () => {
    expect(heddle.volumes).toEqual([`heddle:${heddle.environment['HEDDLE_DATA']}`]);
    for (const service of Object.values(services))
      for (const volume of service.volumes) expect(Object.keys(volumes)).toContain(volume.split(':')[0]);
  });

  it('starts Qdrant and the GPU variant by their profiles only', () => {
    expect(services['qdrant']?.profiles).toEqual(['qdrant']);
    expect(services['heddle-gpu']).toMatchObject({ profiles: ['gpu'], extends: { service: 'heddle' } });
    // What a variant says again replaces what it extends: it may not loosen anything.
    expect(Object.keys(services['heddle-gpu']?.environment ?? {}).sort()).toEqual([
      'HEDDLE_GPU',
      'NVIDIA_DRIVER_CAPABILITIES',
    ]);
    expect(services['heddle-gpu']).toMatchObject({ privileged: false, cap_add: [], ports: [], volumes: [] });
  });
});

describe('Dockerfile', () => {
  it('builds in one stage and runs in another, on Node 24, as a user without rights', () => {
    const froms = instructions.filter((line) => line.startsWith('FROM '));
    expect(froms.length).toBeGreaterThan(1);
    for (const from of froms) expect(from).toMatch(/^FROM node:24[a-z0-9.-]*(?: AS [a-z]+)?$/);
    expect(last('USER')).toBe('node');
    expect(lastStage.findIndex((line) => line.startsWith('USER '))).toBeLessThan(
      lastStage.findIndex((line) => line.startsWith('CMD ')),
    );
  });

  it('declares the data volume and asks the health route', () => {
    expect(last('VOLUME')).toBe(heddle.environment['HEDDLE_DATA']);
    expect(last('HEALTHCHECK')).toContain('/api/health');
    expect(last('ENV')).toContain('HEDDLE_SIGN_IN=required');
  });

  it('gets neither history, data nor secrets of the folder it is built in', () => {
    const ignored = text('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '**/.heddle', '**/.env', '**/node_modules']));
  });
});
