/**
 * Reads the source of a file in a hub repository from `owner/name/file`, `owner/name@revision/file` or the URL of the file's page;
 * undefined for any other text.
 */
export function hubSource(text: string): string | undefined {
  const path = text
    .trim()
    .replace(/^https?:\/\/[^/]+\//, '')
    .replace(/[?#].*$/, '');
  const address = /^([^/@\s]+)\/([^/@\s]+)\/(?:blob|resolve)\/([^/\s]+)\/(\S+)$/.exec(path);
  if (address !== null) return `hf:${address[1] ?? ''}/${address[2] ?? ''}@${address[3] ?? ''}/${address[4] ?? ''}`;
  const short = /^([^/@\s]+)\/([^/@\s]+)(?:@([^/\s]+))?\/(\S+)$/.exec(path);
  return short === null ? undefined : `hf:${short[1] ?? ''}/${short[2] ?? ''}@${short[3] ?? 'main'}/${short[4] ?? ''}`;
}

/** Makes an id from the file name of a source: `Qwen2.5-0.5B.Q4_K_M.gguf` gives `qwen2.5-0.5b.q4_k_m`. */
export function idFromSource(source: string): string {
  const name = source.split(/[/\\]/).at(-1) ?? '';
  return name
    .replace(/\.(?:gguf|onnx)$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
}
