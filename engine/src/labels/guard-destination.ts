import {
  HeddleError,
  isAtMost,
  type Destination,
  type Label,
  type ResourceKind,
  type ResourceMap,
  type Tools,
} from '@heddle/core';

/** A call of a node, as the check of destinations sees it. */
export interface GuardedCall {
  readonly path: string;
  readonly label: Label;
  /** Remembers where data went. */
  noteDestination(destination: Destination): void;
  recordDecision(decision: 'allowed' | 'refused', destination: Destination, reason: string): void;
}

type Role = 'destination' | 'embedding' | 'reranking';
type Hands = Readonly<Record<string, readonly Role[]>>;
const hands = (...methods: readonly string[]): Hands =>
  Object.fromEntries(methods.map((method) => [method, ['destination'] as const]));

/** The methods that hand data over, by resource kind, and the destinations that each method hands it to. */
const handing: Partial<Record<ResourceKind, Hands>> = {
  languageModel: hands('generate', 'countTokens'),
  embedder: hands('embed'),
  reranker: hands('rerank'),
  classifier: hands('classify', 'classifyPairs'),
  fetch: hands('fetch'),
  collection: { ingest: ['destination', 'embedding'], search: ['embedding', 'reranking'] },
};

/** Wraps a resource so that its calls are refused while the execution's label is above the clearance of the destination. */
export function guardDestination<Kind extends ResourceKind>(
  kind: Kind,
  resource: ResourceMap[Kind],
  context: GuardedCall,
): ResourceMap[Kind] {
  if (isTools(kind, resource)) return guardTools(resource, context) as ResourceMap[Kind]; // `kind` is 'tools' here
  const methods = handing[kind];
  if (methods === undefined) return resource;
  const destinations: Readonly<Record<Role, Destination | undefined>> = {
    destination: destinationOf(resource),
    embedding: 'embedding' in resource ? asDestination(resource.embedding) : undefined,
    reranking: 'reranking' in resource ? asDestination(resource.reranking) : undefined,
  };
  if (Object.values(destinations).every(isOpen)) return resource;
  return new Proxy<ResourceMap[Kind]>(resource, {
    get(target, name) {
      // A proxy is asked for any property name, so the member is unknown.
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const handed = typeof name === 'string' && Object.hasOwn(methods, name) ? methods[name] : undefined;
      if (handed === undefined) return member.bind(target) as unknown;
      return (...args: unknown[]): unknown => {
        for (const role of handed) {
          const destination = destinations[role];
          if (destination !== undefined) checkClearance(destination, context);
        }
        return Reflect.apply(member, target, args);
      };
    },
  });
}

function isTools(kind: ResourceKind, _resource: ResourceMap[ResourceKind]): _resource is Tools {
  return kind === 'tools';
}

/** The tools of servers: each call is checked against the destination of its own server. */
function guardTools(tools: Tools, context: GuardedCall): Tools {
  return {
    destinationOf: (name) => tools.destinationOf(name),
    list: (servers) => tools.list(servers),
    known: (servers) => tools.known?.(servers) ?? Promise.resolve([]),
    admit: async (name) => tools.admit?.(name),
    call: async (name, ...rest) => {
      const destination = await tools.destinationOf(name);
      if (destination !== undefined) checkClearance(destination, context);
      return tools.call(name, ...rest);
    },
  };
}

const isOpen = (destination: Destination | undefined): boolean =>
  destination === undefined || destination.clearance === 'restricted';

/** Throws and records `label_refused` if the label of the call is above the clearance. A call that may pass notes the destination. */
export function checkClearance(destination: Destination, context: GuardedCall): void {
  if (isAtMost(context.label.level, destination.clearance)) {
    context.noteDestination(destination);
    return;
  }
  context.recordDecision(
    'refused',
    destination,
    `The data is ${context.label.level}, the destination takes up to ${destination.clearance}.`,
  );
  throw new HeddleError(
    'label_refused',
    `'${context.path}' must not send ${context.label.level} data to '${destination.name}', which takes up to ${destination.clearance}: use a local model, or redact the data first.`,
    { details: { destination: destination.name, level: context.label.level, clearance: destination.clearance } },
  );
}

function destinationOf(resource: object): Destination | undefined {
  if ('destination' in resource) return asDestination(resource.destination);
  return 'info' in resource &&
    typeof resource.info === 'object' &&
    resource.info !== null &&
    'destination' in resource.info
    ? asDestination(resource.info.destination)
    : undefined;
}

function asDestination(value: unknown): Destination | undefined {
  const isDestination = typeof value === 'object' && value !== null && 'clearance' in value && 'name' in value;
  // Every resource that hands data over declares a `Destination` in its port.
  return isDestination ? (value as Destination) : undefined;
}
