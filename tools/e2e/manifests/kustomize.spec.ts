import { workTimes } from '@heddle/server/cluster';
import { readSettings } from '@heddle/server';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { lastOf, readDockerfile } from '../image/read-dockerfile.js';
import {
  hasRoute,
  render,
  selects,
  settingNames,
  text,
  version,
  whyNoKubectl,
  workloadsIn,
  type Container,
  type Resource,
  type WorkloadIn,
} from './read-manifests.js';

const reason = whyNoKubectl();
const suite = reason === undefined ? describe : describe.skip;
const overlays = reason === undefined ? ['migration', 'api', 'worker-cpu', 'worker-gpu', 'cluster', 'cluster-gpu'] : [];
const rendered = new Map(overlays.map((overlay) => [overlay, render(overlay)]));
const whole = rendered.get('cluster-gpu') ?? [];
const workloads = workloadsIn(whole);
const serving = workloads.filter(({ kind }) => kind !== 'Job');
const containers = workloads.flatMap((workload) =>
  [...workload.template.spec.initContainers, ...workload.template.spec.containers].map((container) => ({
    workload,
    container,
    title: `${container.name} of ${workload.metadata.name}`,
  })),
);

const ofKind = (kind: string): readonly Resource[] => whole.filter((resource) => resource.kind === kind);
const named = (kind: string, name: string): Resource | undefined =>
  ofKind(kind).find(({ metadata }) => metadata.name === name);
/** The pods that a selector selects. */
const selected = (selector: Readonly<Record<string, string>>): readonly WorkloadIn[] =>
  workloads.filter(({ template }) => selects(selector, template.metadata.labels));

/** The variables of a container, with those of its config maps, as Kubernetes sets them. */
function variablesOf({ env, envFrom }: Container): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const { configMapRef } of envFrom)
    Object.assign(variables, named('ConfigMap', configMapRef.name)?.data ?? { MISSING: configMapRef.name });
  for (const { name, value } of env) variables[name] = value ?? '';
  return variables;
}

const mainOf = ({ template }: WorkloadIn): Container => {
  const container = template.spec.containers.find(({ name }) => name === 'heddle');
  if (container === undefined) throw new Error('There is no container named heddle.');
  return container;
};

suite(`deploy/kustomize (${reason ?? 'kubectl is here'})`, () => {
  it.each(overlays)('renders %s, in one namespace', (overlay) => {
    const resources = rendered.get(overlay) ?? [];
    expect(resources.length).toBeGreaterThan(1);
    for (const { kind, metadata } of resources)
      expect([kind, metadata.name, metadata.namespace]).toEqual([
        kind,
        metadata.name,
        kind === 'Namespace' ? undefined : 'heddle',
      ]);
    const names = resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names.length).toBe(new Set(names).size);
  });

  it('contains all resources of its parts in the whole cluster', () => {
    const namesIn = (overlay: string) =>
      (rendered.get(overlay) ?? []).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    for (const part of overlays) expect(namesIn('cluster-gpu')).toEqual(expect.arrayContaining(namesIn(part)));
    expect(workloads.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
      'Deployment heddle-api',
      'Deployment heddle-worker-cpu',
      `Job heddle-${version.replaceAll('.', '-')}-migration`,
      'StatefulSet heddle-worker-gpu',
    ]);
  });

  it.each(containers)('gives $title no privileges, and a read-only root', ({ container }) => {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources.limits).toHaveProperty('memory');
    expect(container.resources.requests).toMatchObject({ cpu: expect.anything(), memory: expect.anything() });
  });

  it.each(containers)('runs the image of this version in $title', ({ container }) => {
    expect(container.image).toMatch(new RegExp(`/heddle:${version.replaceAll('.', String.raw`\.`)}$`));
  });

  it.each(workloads)('runs $metadata.name as the user of the image, without a token of the cluster', ({ template }) => {
    const { spec } = template;
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(named('ServiceAccount', spec.serviceAccountName)?.automountServiceAccountToken).toBe(false);
  });

  it.each(containers)('lets $title write only to its own volumes, which cover all paths that it writes', (of) => {
    const { container, workload } = of;
    const claimed = workload.volumeClaimTemplates.map(({ metadata }) => metadata.name);
    const { volumes } = workload.template.spec;
    const volumeOf = (name: string) => volumes.find((volume) => volume.name === name);
    for (const { name, readOnly } of container.volumeMounts) {
      const isWritable = claimed.includes(name) || volumeOf(name)?.emptyDir !== undefined;
      expect([name, isWritable]).toEqual([name, !readOnly]);
      expect([name, isWritable || volumeOf(name)?.secret !== undefined]).toEqual([name, true]);
    }
    const image = readDockerfile(text('Dockerfile')).at(-1);
    const [, home = ''] =
      /\bHOME=(\S+)/.exec(lastOf(image ?? { base: '', name: undefined, instructions: [] }, 'ENV') ?? '') ?? [];
    const { HEDDLE_DATA = '/data', HEDDLE_MODELS = '/data/models' } = variablesOf(container);
    const writable = container.volumeMounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
    for (const path of [HEDDLE_DATA, HEDDLE_MODELS, home, '/tmp'])
      expect([path, writable.some((mount) => path === mount || path.startsWith(`${mount}/`))]).toEqual([path, true]);
  });

  it.each(containers)('sets only existing settings with valid values in $title', ({ container }) => {
    const variables = variablesOf(container);
    expect(Object.keys(variables).filter((name) => !settingNames.has(name))).toEqual([]);
    expect(() => readSettings(variables)).not.toThrow();
    const secret = container.volumeMounts.find(({ name }) => name === 'secrets')?.mountPath ?? '/nowhere';
    for (const [name, value] of Object.entries(variables))
      if (name.endsWith('_FILE')) expect(value.startsWith(`${secret}/`)).toBe(true);
      else if (/KEY|SECRET|TOKEN|PASSWORD|_URL$/.test(name) && name !== 'HEDDLE_PUBLIC_URL') expect(value).toBe('');
  });

  it.each(serving)('probes $metadata.name at routes that every role has, and gives it time to stop', (workload) => {
    const { startupProbe, livenessProbe, readinessProbe, ports, lifecycle, ...rest } = mainOf(workload);
    const probed = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet);
    expect(probed.map((get) => get?.path)).toEqual(['/api/health/live', '/api/health/live', '/api/health/ready']);
    for (const get of probed) expect([get?.port, hasRoute(get?.path ?? '')]).toEqual(['http', true]);
    const { PORT, HOST, HEDDLE_STOP_MS = '5000' } = variablesOf({ ...rest, ports });
    expect(ports).toEqual([{ name: 'http', containerPort: Number(PORT) }]);
    expect(HOST).toBe('0.0.0.0');
    const pause = Number(lifecycle?.preStop.exec.command.at(-1) ?? 0);
    const drain = Math.max(workTimes.drainMs, 2 * Number(HEDDLE_STOP_MS)) / 1_000;
    expect(workload.template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(pause + drain + 10);
  });

  it('migrates only in its own job', () => {
    const [job] = workloads.filter(({ kind }) => kind === 'Job');
    expect(job?.template.spec.restartPolicy).toBe('OnFailure');
    expect(job && mainOf(job).command).toEqual(['node', 'server/bin/heddle.mjs', 'migrate']);
    for (const workload of serving) expect(variablesOf(mainOf(workload))['HEDDLE_DATABASE_MIGRATE']).toBe('false');
  });

  it('has a disruption budget and an autoscaler for each process, which select no other', () => {
    const Budget = z.object({ selector: z.object({ matchLabels: z.record(z.string(), z.string()) }) });
    const budgets = ofKind('PodDisruptionBudget').map(({ spec }) => selected(Budget.parse(spec).selector.matchLabels));
    const names = serving.map(({ metadata }) => metadata.name).sort();
    expect(budgets.map((found) => found.map(({ metadata }) => metadata.name).join()).sort()).toEqual(names);
    for (const workload of serving)
      expect(selected(workload.selector?.matchLabels ?? {}).map(({ metadata }) => metadata.name)).toEqual([
        workload.metadata.name,
      ]);
    const Target = z.object({ scaleTargetRef: z.object({ kind: z.string(), name: z.string() }) });
    const targets = ofKind('HorizontalPodAutoscaler').map(({ spec }) => Target.parse(spec).scaleTargetRef);
    expect(
      targets.map(({ kind, name }) => workloads.find((each) => each.metadata.name === name)?.kind === kind),
    ).toEqual(serving.map(() => true));
  });

  it('scales workers by the metrics of their class, for which the adapter has rules', () => {
    const External = z.object({
      metric: z.object({ name: z.string(), selector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }),
      target: z.object({ averageValue: z.string().optional(), value: z.string().optional() }),
    });
    const Scaler = z.object({
      scaleTargetRef: z.object({ name: z.string() }),
      metrics: z.array(z.object({ external: External.optional() })),
    });
    const adapter = z
      .object({ external: z.array(z.object({ name: z.object({ as: z.string() }), metricsQuery: z.string() })) })
      .parse(parse(text('deploy/prometheus/adapter.yml')));
    const workers = serving.filter((each) => variablesOf(mainOf(each))['HEDDLE_ROLE'] === 'worker');
    expect(workers.length).toBe(2);
    for (const worker of workers) {
      const { HEDDLE_WORKER_CLASS, HEDDLE_MAX_RUNS } = variablesOf(mainOf(worker));
      const scaler = ofKind('HorizontalPodAutoscaler')
        .map(({ spec }) => Scaler.parse(spec))
        .find(({ scaleTargetRef }) => scaleTargetRef.name === worker.metadata.name);
      const externals = (scaler?.metrics ?? []).flatMap(({ external }) => external ?? []);
      expect(externals.map(({ metric }) => metric.name)).toEqual(['heddle_slots', 'heddle_queue_wait_seconds']);
      for (const { metric } of externals) {
        expect(metric.selector.matchLabels['class']).toBe(HEDDLE_WORKER_CLASS);
        const rule = adapter.external.find(({ name }) => name.as === metric.name);
        expect(rule?.metricsQuery).toContain('<<.LabelMatchers>>');
        expect(rule?.metricsQuery).toContain(metric.name);
      }
      expect(Number(externals[0]?.target.averageValue)).toBe(0.75 * Number(HEDDLE_MAX_RUNS));
    }
  });

  it('sends requests of the service only to API processes', () => {
    const Service = z.object({
      selector: z.record(z.string(), z.string()),
      ports: z.array(z.object({ targetPort: z.string() })),
      clusterIP: z.string().optional(),
    });
    const services = ofKind('Service').map(({ metadata, spec }) => ({ metadata, ...Service.parse(spec) }));
    const [open] = services.filter(({ clusterIP }) => clusterIP !== 'None');
    expect(services.filter(({ clusterIP }) => clusterIP !== 'None').length).toBe(1);
    expect(selected(open?.selector ?? {}).map(({ metadata }) => metadata.name)).toEqual(['heddle-api']);
    for (const { ports } of services) expect(ports.map(({ targetPort }) => targetPort)).toEqual(['http']);
  });
});

const NetworkPolicy = z.object({
  podSelector: z.object({
    matchLabels: z.record(z.string(), z.string()).default({}),
    matchExpressions: z.array(z.object({ key: z.string(), values: z.array(z.string()) })).default([]),
  }),
  policyTypes: z.array(z.string()),
  ingress: z
    .array(z.object({ from: z.array(z.unknown()).min(1), ports: z.array(z.object({ port: z.number() })) }))
    .default([]),
  egress: z
    .array(z.object({ to: z.array(z.unknown()).optional(), ports: z.array(z.object({ port: z.number() })) }))
    .default([]),
});

suite('the network policies', () => {
  const policies = ofKind('NetworkPolicy').map(({ metadata, spec }) => ({
    name: metadata.name,
    ...NetworkPolicy.parse(spec),
  }));
  /** The ports to which a workload may connect, or on which it may accept connections. */
  const portsOf = (workload: WorkloadIn, direction: 'ingress' | 'egress'): readonly number[] => {
    const { labels } = workload.template.metadata;
    return policies
      .filter(({ podSelector: { matchLabels, matchExpressions } }) => {
        const isNamed = matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''));
        return selects(matchLabels, labels) && isNamed;
      })
      .flatMap((policy) => policy[direction].flatMap(({ ports }) => ports.map(({ port }) => port)))
      .toSorted((one, other) => one - other);
  };

  it('close all ports that no policy opens', () => {
    const closed = policies.find(({ name }) => name === 'heddle-closed');
    expect(closed).toMatchObject({ podSelector: { matchLabels: {}, matchExpressions: [] }, ingress: [], egress: [] });
    expect(closed?.policyTypes).toEqual(['Ingress', 'Egress']);
    for (const workload of workloads) {
      const isJob = workload.kind === 'Job';
      expect(new Set(portsOf(workload, 'ingress'))).toEqual(new Set(isJob ? [] : [3000]));
      expect(new Set(portsOf(workload, 'egress'))).toEqual(
        new Set(isJob ? [53, 5432, 6379] : [53, 80, 443, 5432, 6379]),
      );
    }
  });

  it('let no process reach the credentials of its machine', () => {
    const web = policies.flatMap(({ egress }) => egress).filter(({ ports }) => ports.some(({ port }) => port === 80));
    const Block = z.object({ ipBlock: z.object({ cidr: z.string(), except: z.array(z.string()) }) });
    const blocks = web.flatMap(({ to = [] }) => to.map((each) => Block.parse(each).ipBlock));
    expect(blocks.map(({ cidr }) => cidr).sort()).toEqual(['0.0.0.0/0', '::/0']);
    expect(blocks.find(({ cidr }) => cidr === '0.0.0.0/0')?.except).toContain('169.254.0.0/16');
  });
});
