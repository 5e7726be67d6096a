import { z } from 'zod';
import { formatBytes } from '../../format/format-bytes.js';

const Progress = z.object({
  bytes: z.number(),
  total: z.number().optional(),
  stage: z.string(),
  source: z.string(),
  /** The commit that the file is held to, once it is known. */
  commit: z.string().optional(),
  /** Why it broke off; it goes on by itself. */
  problem: z.string().optional(),
});

/** How far a download is: its share where the size is known, and in words. */
export function readPull(progress: unknown): { readonly share: number | undefined; readonly words: string } {
  const parsed = Progress.safeParse(progress);
  if (!parsed.success) return { share: undefined, words: 'Begins' };
  const { bytes, total, stage, source, commit, problem } = parsed.data;
  const from = source.split(':')[0] ?? '';
  const share = total === undefined || total === 0 ? undefined : Math.min(1, bytes / total);
  if (problem !== undefined) return { share, words: `${problem} It goes on by itself.` };
  const at = commit === undefined ? '' : `, commit ${commit.slice(0, 7)}`;
  if (stage === 'connect') return { share, words: `Asking ${from}${at}` };
  if (stage === 'verify') return { share, words: 'Checking' };
  return {
    share,
    words: `${formatBytes(bytes)}${total === undefined ? '' : ` of ${formatBytes(total)}`} from ${from}${at}`,
  };
}
