import { spawnSync } from 'node:child_process';

/** Gives what npm reports about the production packages of a folder: findings, or the reason why there are none. */
export function queryRegistry(folder) {
  const args = ['audit', '--omit=dev', '--json'];
  const npm = process.env.npm_execpath;
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 };
  const { stdout, error } =
    npm === undefined
      ? spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [npm, ...args], options);
  if (error !== undefined) return { problem: `npm could not be started: ${error.message}` };
  try {
    const report = JSON.parse(stdout);
    if (report.vulnerabilities !== undefined) return { findings: findingsOf(report.vulnerabilities) };
    return { problem: report.error?.summary || report.message || 'npm gave no report' };
  } catch {
    return { problem: 'npm gave no report that can be read' };
  }
}

/**
 * Lists each advisory once for each package that it is about. Packages that only depend on such a package name it in `via` and are left
 * out.
 */
function findingsOf(vulnerabilities) {
  const found = new Map();
  for (const { via } of Object.values(vulnerabilities))
    for (const cause of via)
      if (typeof cause === 'object') {
        const advisory = /GHSA-[\w-]+/.exec(cause.url ?? '')?.[0] ?? String(cause.source);
        const { name, severity, title } = cause;
        found.set(`${advisory} ${name}`, { advisory, name, severity, title });
      }
  return [...found.values()].sort((a, b) => (`${a.name} ${a.advisory}` < `${b.name} ${b.advisory}` ? -1 : 1));
}
