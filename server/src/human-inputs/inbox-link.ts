/** The address of the page where a request is answered; only a path if the public address is not known. */
export function inboxLink(publicUrl: string, runId: string, requestId: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/inbox?${new URLSearchParams({ run: runId, request: requestId }).toString()}`;
}
