/** The page where a question is answered; a path where the address of the server is not known. */
export function inboxLink(publicUrl: string, runId: string, requestId: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/inbox?${new URLSearchParams({ run: runId, request: requestId }).toString()}`;
}
