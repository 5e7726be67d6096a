import type { FileRef } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { send, toApiError } from '../api/http.js';
import { formatBytes } from '../format/format-bytes.js';
import { visibleText } from './visible-text.js';

/** Pictures that are pixels only; a drawing such as SVG is a document and is offered as a file. */
const pixelTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']);
/** Larger ones are shown when asked for. */
const largest = 8_000_000;

/** Whether a file is a picture that is shown in place. */
export function isShownImage({ mediaType }: FileRef): boolean {
  return pixelTypes.has(mediaType.toLowerCase());
}

/** A stored picture. Its bytes come from Heddle alone. */
export function ImageView({ file }: { readonly file: FileRef }): ReactElement {
  const [isWanted, setWanted] = useState(file.size <= largest);
  const [address, setAddress] = useState<string>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    if (!isWanted) return undefined;
    const controller = new AbortController();
    let made: string | undefined;
    const load = async (): Promise<void> => {
      const response = await send(`/api/files/${encodeURIComponent(file.id)}`, { signal: controller.signal });
      made = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: file.mediaType }));
      if (controller.signal.aborted) URL.revokeObjectURL(made);
      else setAddress(made);
    };
    load().catch((error: unknown) => {
      if (!controller.signal.aborted) setProblem(toApiError(error).message);
    });
    return () => {
      controller.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [file.id, file.mediaType, isWanted]);
  if (problem !== undefined) return <p className="field-error">{problem}</p>;
  if (!isWanted)
    return (
      <button type="button" className="button button-small" onClick={() => setWanted(true)}>
        Show the picture ({formatBytes(file.size)})
      </button>
    );
  if (address === undefined) return <p className="quiet">Loading the picture…</p>;
  return (
    <img
      className="value-image"
      src={address}
      alt={visibleText(file.name)}
      onError={() =>
        setProblem('This picture cannot be shown: its bytes are not what its type says. It can be downloaded.')
      }
    />
  );
}
