import { canonicalJson, type DataFlow, type VersionStore, type WorkflowVersion } from '@heddle/core';
import { contentHash } from '../../calls/content-hash.js';

/** Whether the data map of a new version is accepted. */
interface MapAcceptance {
  readonly hash: string;
  /** False if a person must accept it before the version is published. */
  readonly isAccepted: boolean;
  /** The earlier version that has the same data map. */
  readonly acceptedWith: number | undefined;
}

/**
 * Decides whether a person must accept a data map. Acceptance is needed if the map differs from that of the last and of the live version,
 * and for a first version if data leaves this machine.
 */
export async function acceptanceOf(
  dataMap: readonly DataFlow[],
  workflowId: string,
  versions: Pick<VersionStore, 'list' | 'live'>,
): Promise<MapAcceptance> {
  const hash = mapHash(dataMap);
  const known = await versions.list(workflowId);
  const live = (await versions.live(workflowId))?.version;
  const before = [known.at(-1), known.find(({ version }) => version === live)].filter((each) => each !== undefined);
  const acceptedWith = before.find((each: WorkflowVersion) => mapHash(each.dataMap) === hash)?.version;
  const isAccepted = acceptedWith !== undefined || (known.length === 0 && !dataMap.some(leaves));
  return { hash, isAccepted, acceptedWith };
}

/** The reply does not count: it goes to the caller, whose clearance is checked at each call. */
const leaves = ({ kind, isLocal }: DataFlow): boolean => kind !== 'reply' && !isLocal;

const mapHash = (dataMap: readonly DataFlow[]): string => contentHash(canonicalJson(dataMap));
