import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { buildContext } from './image/build-context.js';
import { copyOf, lastOf, readDockerfile } from './image/read-dockerfile.js';

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
  // A variable without a value is passed on from the environment of compose, or is absent.
  environment: z.record(z.string(), z.string().nullable()).default({}),
  volumes: z.array(z.string()).default([]),
});
const { services, volumes } = z
  .object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.unknown()) })
  .parse(parse(text('docker-compose.yml')));
const heddle = Service.parse(services['heddle']);

const stages = readDockerfile(text('Dockerfile'));
const lastStage = stages.at(-1) ?? { base: '', name: undefined, instructions: [] };
const last = (name: string): string | undefined => lastOf(lastStage, name);

describe('docker-compose.yml', () => {
  it('runs Heddle without privileges on a read-only root', () => {
    expect(heddle).toMatchObject({ read_only: true, privileged: false, cap_drop: ['ALL'], cap_add: [], user: 'node' });
    expect(heddle.network_mode).toBeUndefined();
    expect(heddle.security_opt).toContain('no-new-privileges:true');
    expect(heddle.tmpfs.map((entry) => entry.split(':')[0])).toEqual(['/tmp']);
  });

  it('requires sign-in because it listens on every address, and sets no secret', () => {
    expect(heddle.environment).toMatchObject({ HOST: '0.0.0.0', HEDDLE_SIGN_IN: 'required' });
    for (const service of Object.values(services))
      for (const [name, value] of Object.entries(service.environment))
        if (/KEY|TOKEN|SECRET|PASSWORD/.test(name)) expect(value ?? '${NONE:-}').toMatch(/^\$\{[A-Z_]+:-\}$/);
  });

  it('publishes ports only to this machine', () => {
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
    // Settings of a variant replace those that it extends, so it must not loosen any.
    expect(Object.keys(services['heddle-gpu']?.environment ?? {}).sort()).toEqual([
      'HEDDLE_GPU',
      'NVIDIA_DRIVER_CAPABILITIES',
    ]);
    expect(services['heddle-gpu']).toMatchObject({ privileged: false, cap_add: [], ports: [], volumes: [] });
  });
});

describe('Dockerfile', () => {
  it('builds in one stage and runs in another, on Node 24, as a user without rights', () => {
    expect(stages.length).toBeGreaterThan(1);
    for (const { base } of stages) expect(base).toMatch(/^node:24[a-z0-9.-]*$/);
    expect(last('USER')).toBe('node');
    const names = lastStage.instructions.map(({ name }) => name);
    expect(names.indexOf('USER')).toBeLessThan(names.indexOf('CMD'));
  });

  it('copies only files of the build context', () => {
    const context = buildContext();
    const copied = stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ name, text: line }) => name === 'COPY' && copyOf(line).from === undefined)
      .flatMap(({ text: line }) => copyOf(line).sources);
    expect(copied.length).toBeGreaterThan(8);
    const isThere = (source: string): boolean =>
      source === '.' || context.some((file) => file === source || file.startsWith(`${source}/`));
    expect(copied.filter((source) => !isThere(source))).toEqual([]);
  });

  it('copies the package.json of every workspace before it installs', () => {
    const { workspaces } = z.object({ workspaces: z.array(z.string()) }).parse(JSON.parse(text('package.json')));
    const [build] = stages;
    const before = build?.instructions.findIndex(({ text: line }) => line.startsWith('npm ci')) ?? -1;
    const known = build?.instructions.slice(0, before).map(({ text: line }) => line);
    expect(known).toEqual(expect.arrayContaining(workspaces.map((each) => `${each}/package.json ${each}/`)));
  });

  it('declares the data volume and a check of the health route', () => {
    expect(last('VOLUME')).toBe(heddle.environment['HEDDLE_DATA']);
    expect(last('HEALTHCHECK')).toContain('/api/health');
    expect(last('ENV')).toContain('HEDDLE_SIGN_IN=required');
  });

  it('receives no history, data or secrets of the folder in which it is built', () => {
    const ignored = text('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '**/.heddle', '**/.env', '**/node_modules']));
    expect(
      buildContext().filter((file) => /(?:^|\/)(?:\.env|\.heddle|__fixtures__|node_modules|dist)(?:\/|$)/.test(file)),
    ).toEqual([]);
  });
});
