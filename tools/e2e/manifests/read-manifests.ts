import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { root } from '../built-program.js';

export const text = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The version of the program; the tags of images contain it. */
export const version = z.object({ version: z.string() }).parse(JSON.parse(text('package.json'))).version;

/** The names of all settings, from their documentation. */
export const settingNames: ReadonlySet<string> = new Set(
  [...text('docs/settings.md').matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, name = '']) => name),
);

/** Whether the server has a GET route with this path. */
export const hasRoute = (path: string): boolean => text('docs/api.md').includes(`\`GET ${path}\``);

const Variable = z.object({ name: z.string(), value: z.string().optional(), valueFrom: z.unknown().optional() });
const Probe = z.object({ httpGet: z.strictObject({ path: z.string(), port: z.string() }) });
const Container = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  env: z.array(Variable).default([]),
  envFrom: z.array(z.object({ configMapRef: z.object({ name: z.string() }) })).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  lifecycle: z.object({ preStop: z.object({ exec: z.object({ command: z.array(z.string()) }) }) }).optional(),
  resources: z.object({ requests: z.record(z.string(), z.unknown()), limits: z.record(z.string(), z.unknown()) }),
  securityContext: z.unknown(),
  startupProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  readinessProbe: Probe.optional(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false) })),
});
export type Container = z.infer<typeof Container>;

const Volume = z.object({
  name: z.string(),
  emptyDir: z.object({ sizeLimit: z.string() }).optional(),
  secret: z.object({ secretName: z.string(), defaultMode: z.number() }).optional(),
});
const Pod = z.object({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.boolean(),
  securityContext: z.unknown(),
  terminationGracePeriodSeconds: z.number().optional(),
  restartPolicy: z.string().optional(),
  initContainers: z.array(Container).default([]),
  containers: z.array(Container),
  volumes: z.array(Volume),
});
type Pod = z.infer<typeof Pod>;

const Labels = z.record(z.string(), z.string());
/** A Deployment, StatefulSet or Job. */
const Workload = z.object({
  selector: z.object({ matchLabels: Labels }).optional(),
  template: z.object({ metadata: z.object({ labels: Labels }), spec: Pod }),
  volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })).default([]),
});

const Resource = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional(), labels: Labels.default({}) }),
  data: z.record(z.string(), z.string()).optional(),
  automountServiceAccountToken: z.boolean().optional(),
  spec: z.unknown().optional(),
});
export type Resource = z.infer<typeof Resource>;

/** Renders an overlay with `kubectl kustomize`. */
export const render = (overlay: string): readonly Resource[] =>
  parseAllDocuments(
    execFileSync('kubectl', ['kustomize', join(root, 'deploy/kustomize/overlays', overlay)], { encoding: 'utf8' }),
  ).map((document) => Resource.parse(document.toJS()));

/** The reason why overlays cannot be rendered here; undefined if they can. */
export function whyNoKubectl(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.some((folder) => existsSync(join(folder, 'kubectl')))
    ? undefined
    : 'kubectl is not installed: it renders the overlays, without a cluster';
}

const workloadKinds = ['Deployment', 'StatefulSet', 'Job'];

/** Selects the resources that create pods, with their specification. */
export const workloadsIn = (resources: readonly Resource[]) =>
  resources
    .filter(({ kind }) => workloadKinds.includes(kind))
    .map(({ kind, metadata, spec }) => ({ kind, metadata, ...Workload.parse(spec) }));
export type WorkloadIn = ReturnType<typeof workloadsIn>[number];

/** Whether the labels of a pod match a selector. */
export const selects = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);
