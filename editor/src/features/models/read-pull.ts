import { z } from 'zod';
import { formatBytes } from '../../ui/format/format-bytes.js';

const Progress = z.object({
  bytes: z.number(),
  total: z.number().optional(),
  stage: z.string(),
  source: z.string(),
  /** The pinned commit, once it is known. */
  commit: z.string().optional(),
  /** Why the download was interrupted. It continues automatically. */
  problem: z.string().optional(),
});

/** The progress of a download as text, with the share if the size is known. */
export function readPull(progress: unknown): { readonly share: number | undefined; readonly text: string } {
  const parsed = Progress.safeParse(progress);
  if (!parsed.success) return { share: undefined, text: 'Starting' };
  const { bytes, total, stage, source, commit, problem } = parsed.data;
  const from = source.split(':')[0] ?? '';
  const share = total === undefined || total === 0 ? undefined : Math.min(1, bytes / total);
  if (problem !== undefined) return { share, text: `${problem} The download continues automatically.` };
  const at = commit === undefined ? '' : `, commit ${commit.slice(0, 7)}`;
  if (stage === 'connect') return { share, text: `Contacting ${from}${at}` };
  if (stage === 'verify') return { share, text: 'Verifying' };
  return {
    share,
    text: `${formatBytes(bytes)}${total === undefined ? '' : ` of ${formatBytes(total)}`} from ${from}${at}`,
  };
}
