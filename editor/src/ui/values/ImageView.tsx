import type { FileRef } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { send, toApiError } from '../../data/http/http.js';
import { formatBytes } from '../format/format-bytes.js';
import { visibleText } from '../markdown/visible-text.js';

/** Raster images only. An SVG image is a document that can contain scripts, so it is offered as a file. */
const pixelTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']);
/** Bytes; larger images are shown on request. */
const largest = 8_000_000;

export function isShownImage({ mediaType }: FileRef): boolean {
  return pixelTypes.has(mediaType.toLowerCase());
}

/** A stored image, loaded only from Heddle. */
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
        Show image ({formatBytes(file.size)})
      </button>
    );
  if (address === undefined) return <p className="quiet">Loading image…</p>;
  return (
    <img
      className="value-image boxed"
      src={address}
      alt={visibleText(file.name)}
      onError={() =>
        setProblem('This image cannot be shown: its content does not match its type. You can download it.')
      }
    />
  );
}
