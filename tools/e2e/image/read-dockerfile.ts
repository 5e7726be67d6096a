/** An instruction of a Dockerfile, such as `COPY` with `. .`. */
interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The instructions from one `FROM` to the next. */
export interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** Parses the stages of a Dockerfile in order; drops comments and joins continued lines. */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: { base: string; name: string | undefined; instructions: Instruction[] }[] = [];
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  for (const line of lines) {
    const [, name, rest] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) throw new Error(`The Dockerfile has a line that is none: ${line}`);
    if (name === 'FROM') {
      const [base = '', , alias] = rest.split(/\s+/);
      stages.push({ base, name: alias, instructions: [] });
    } else stages.at(-1)?.instructions.push({ name, text: rest.trim() });
  }
  return stages;
}

/** Finds the last instruction of a kind in a stage, which is the one that counts. */
export function lastOf(stage: Stage, name: string): string | undefined {
  return stage.instructions.findLast((each) => each.name === name)?.text;
}

/** Parses the command in the JSON form of `CMD` or `HEALTHCHECK … CMD`. */
export function commandOf(text: string | undefined): readonly string[] {
  const parsed: unknown = JSON.parse(text?.slice(text.indexOf('[')) ?? '[]');
  if (!Array.isArray(parsed) || parsed.length === 0) throw new Error(`This is no command: ${text}`);
  return parsed.map(String);
}

/** Parses the variables that `ENV` sets. */
export function variablesOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .split(/\s+/)
      .map((pair) => pair.split('='))
      .map(([name = '', ...value]) => [name, value.join('=')]),
  );
}

/** Parses `COPY`: the stage that it copies from (undefined for the build context), the sources, and the destination. */
export function copyOf(text: string): {
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly to: string;
} {
  const args = text.split(/\s+/);
  const from = args.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = args.filter((word) => !word.startsWith('--'));
  return { from, sources: paths.slice(0, -1), to: paths.at(-1) ?? '' };
}
