import { z } from 'zod';

const Pattern = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\p{Cc}]+$/u, { error: 'A pattern such as docs/**/*.md' });

export const GitConfig = z.strictObject({
  repository: z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    .refine(isAddressOrPath, {
      error: 'Write https://HOST/PATH without a user or password, or a path in an allowed folder',
    })
    .meta({
      title: 'Repository',
      description:
        'An address such as https://github.com/example/handbook.git, or a repository in a folder that an administrator allowed (HEDDLE_FILES).',
    }),
  branch: z
    .string()
    .max(200)
    .refine(isBranch, { error: 'The name of a branch, such as main' })
    .optional()
    .meta({ title: 'Branch', description: 'The branch to read. Without one, the default branch of the repository.' }),
  include: z
    .array(Pattern)
    .max(50)
    .default([])
    .meta({ title: 'Files', description: 'Patterns such as docs/**/*.md; without any, all files are read.' }),
  exclude: z
    .array(Pattern)
    .max(50)
    .default([])
    .meta({ title: 'Left out', description: 'Patterns of files to leave out, such as docs/archive/**.' }),
  user: z
    .string()
    .max(200)
    .regex(/^[^:\p{Cc}]*$/u, { error: 'A name without a colon' })
    .default('git')
    .meta({
      title: 'User',
      description: 'The user name for a repository with a sign-in; the secret is its password or token.',
    }),
  link: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/[^\s]*\{path\}/, { error: 'An address with {path}' })
    .optional()
    .meta({
      title: 'Link',
      description:
        'The address at which people open a file, with {path} for its path. Repositories on github.com and gitlab.com need none.',
    }),
});
export type GitConfig = z.infer<typeof GitConfig>;

/** The URL of a repository; undefined if it is a path. */
export function addressOf({ repository }: Pick<GitConfig, 'repository'>): URL | undefined {
  return /^https?:\/\//i.test(repository) ? new URL(repository) : undefined;
}

function isAddressOrPath(text: string): boolean {
  if (/\p{Cc}/u.test(text)) return false;
  if (/^https?:\/\//i.test(text)) {
    if (!URL.canParse(text)) return false;
    const { username, password, search, hash } = new URL(text);
    return username === '' && password === '' && search === '' && hash === '';
  }
  // Addresses with other transports (ssh, git, file, ext::, user@host:path) are not accepted as paths.
  return !text.startsWith('-') && !text.includes('::') && !text.includes('://') && !/^[^/\\]+@[^/\\]*:/.test(text);
}

/** Checks the rules of `git check-ref-format`, so that the name cannot be read as an option or another reference. */
function isBranch(name: string): boolean {
  return (
    /^[^\s~^:?*[\\\p{Cc}]+$/u.test(name) && !/^[-/]|\/$|\/\/|\.\.|@\{|^@$|\.$|\.lock(?:\/|$)|(?:^|\/)\./.test(name)
  );
}

/** The web address of a file, for people. */
export function linkOf(config: GitConfig, path: string): string | undefined {
  const template = config.link ?? knownLink(config);
  const written = path.split('/').map(encodeURIComponent).join('/');
  return template?.replaceAll('{path}', () => written);
}

function knownLink(config: GitConfig): string | undefined {
  const address = addressOf(config);
  if (address === undefined) return undefined;
  const page = `${address.origin}${address.pathname.replace(/\/$/, '').replace(/\.git$/, '')}`;
  const branch = (config.branch ?? 'HEAD').split('/').map(encodeURIComponent).join('/');
  if (address.hostname === 'github.com') return `${page}/blob/${branch}/{path}`;
  return address.hostname === 'gitlab.com' ? `${page}/-/blob/${branch}/{path}` : undefined;
}

/** Converts patterns into Git pathspecs. `*` does not match a slash; `**` does. */
export function pathspecsOf({ include, exclude }: Pick<GitConfig, 'include' | 'exclude'>): readonly string[] {
  const wanted = include.length === 0 ? ['**'] : include;
  return [
    ...wanted.map((pattern) => `:(top,glob)${pattern}`),
    ...exclude.map((pattern) => `:(top,glob,exclude)${pattern}`),
  ];
}
