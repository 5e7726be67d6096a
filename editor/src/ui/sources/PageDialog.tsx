import type { Place } from '@heddle/core';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { send, toApiError, type ApiError } from '../../data/http/http.js';
import { Dialog } from '../dialogs/Dialog.js';
import { visibleText } from '../markdown/visible-text.js';
import { Notice } from '../states/Notice.js';
import { marksOf } from './marks-of.js';

interface PageDialogProps {
  /** The address of the page pictures, without the page number. */
  readonly address: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly name: string;
  readonly location: Place;
  readonly onClose: () => void;
}

/** Shows a page of a document as a picture, scrolled to the lines of the source, which are marked. */
export function PageDialog({ address, headers, name, location, onClose }: PageDialogProps): ReactElement {
  const [page, setPage] = useState(location.page ?? 1);
  const { picture, error, again } = usePicture(`${address}?page=${page}`, headers);
  const marked = useRef<HTMLSpanElement>(null);
  const marks = marksOf(location.boxes, page);
  const show = (): void => marked.current?.scrollIntoView({ block: 'center', inline: 'center' });
  return (
    <Dialog title={`${visibleText(name)}, page ${page}`} onClose={onClose}>
      <div className="page-view dialog-wide">
        {error === undefined ? null : <Notice error={error} action={{ name: 'Retry', run: again }} />}
        {picture === undefined ? (
          error === undefined && <p className="quiet">Loading page…</p>
        ) : (
          <div className="page-scroll boxed" tabIndex={0} role="region" aria-label={`Page ${page}`}>
            <div className="page-sheet">
              <img
                src={picture}
                alt={marks.length === 0 ? `Page ${page}` : `Page ${page}, with the lines of the source marked`}
                onLoad={show}
              />
              {marks.map((mark, index) => (
                <span
                  key={index}
                  ref={index === 0 ? marked : undefined}
                  className="page-mark"
                  style={mark}
                  aria-hidden
                />
              ))}
            </div>
          </div>
        )}
        <div className="dialog-actions">
          <button
            type="button"
            className="icon-button"
            aria-label="Page before"
            disabled={page <= 1}
            onClick={() => setPage(page - 1)}
          >
            <ChevronLeft size={16} aria-hidden />
          </button>
          <button type="button" className="icon-button" aria-label="Next page" onClick={() => setPage(page + 1)}>
            <ChevronRight size={16} aria-hidden />
          </button>
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
        </div>
      </div>
    </Dialog>
  );
}

interface Loading {
  readonly picture: string | undefined;
  readonly error: ApiError | undefined;
  readonly again: () => void;
}

/** Loads a picture that needs authorisation, and gives it an object URL of this tab. */
function usePicture(address: string, headers: Readonly<Record<string, string>> | undefined): Loading {
  const [attempt, setAttempt] = useState(0);
  const wanted = `${attempt} ${address}`;
  const [loaded, setLoaded] = useState<Omit<Loading, 'again'> & { readonly of: string }>();
  const given = useRef(headers);
  useEffect(() => {
    const controller = new AbortController();
    let made: string | undefined;
    const load = async (): Promise<void> => {
      const response = await send(address, {
        signal: controller.signal,
        headers: given.current,
      });
      const type = response.headers.get('content-type') ?? '';
      made = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type }));
      if (controller.signal.aborted) URL.revokeObjectURL(made);
      else setLoaded({ of: wanted, picture: made, error: undefined });
    };
    load().catch((error: unknown) => {
      if (!controller.signal.aborted) setLoaded({ of: wanted, picture: undefined, error: toApiError(error) });
    });
    return () => {
      controller.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [address, wanted]);
  // The picture of another page is not shown.
  const { picture, error } = loaded?.of === wanted ? loaded : { picture: undefined, error: undefined };
  return { picture, error, again: () => setAttempt((before) => before + 1) };
}
