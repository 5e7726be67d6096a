import { canonicalJson, type DataFlow, type VersionStore, type WorkflowVersion } from '@heddle/core';
import { contentHash } from '../../calls/content-hash.js';

/** The acceptance of a data map before a new version. */
interface MapAcceptance {
  readonly hash: string;
  /** Whether nobody needs to accept it now. */
  readonly isAccepted: boolean;
  /** The version with the same data map. */
  readonly acceptedWith: number | undefined;
}

/**
 * Whether a data map needs an acceptance: it does where it differs from the last and the live version, and for a first version where data
 * leaves this machine.
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

/** Whether a flow leaves this machine. The reply goes to the caller, whose clearance is checked at each call. */
const leaves = ({ kind, isLocal }: DataFlow): boolean => kind !== 'reply' && !isLocal;

const mapHash = (dataMap: readonly DataFlow[]): string => contentHash(canonicalJson(dataMap));
