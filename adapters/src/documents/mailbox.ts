const newline = 10;

/** Yields the messages of a mailbox file (mbox), each of which begins with a line `From …` after an empty line. Lazy and linear. */
export function* mailboxMessages(bytes: Uint8Array): Generator<Uint8Array> {
  let open: number | undefined;
  let isAfterEmpty = true;
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    if (isAfterEmpty && isSeparator(bytes, start, end)) {
      if (open !== undefined) yield bytes.subarray(open, start);
      open = end + 1;
    }
    isAfterEmpty = end === start || (end === start + 1 && bytes[start] === 13);
    start = end + 1;
  }
  if (open !== undefined && open < bytes.length) yield bytes.subarray(open);
}

/** Matches a line such as `From anna@example.org Mon Jan  5 10:00:00 2026`; a sentence may begin with "From" too. */
function isSeparator(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== 0x46 || end - start > 500) return false;
  return /^From \S+ .*\b\d{4}\b/.test(
    Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'),
  );
}
