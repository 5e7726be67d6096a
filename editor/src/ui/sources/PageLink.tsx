import type { Place } from '@heddle/core';
import { FileSearch } from 'lucide-react';
import { Suspense, useState, type ReactElement } from 'react';
import { lazyPage } from '../navigation/lazy-page.js';

const LazyPageDialog = lazyPage(() => import('./PageDialog.js').then(({ PageDialog }) => PageDialog));

interface NamedSource {
  readonly collection?: string | undefined;
  readonly document: string;
  readonly title?: string | undefined;
  readonly place?: Place | undefined;
}

/**
 * A button that opens the page of a source as a picture, with the lines of the source marked. Renders nothing for a source without pages.
 */
export function PageLink({ source }: { readonly source: NamedSource }): ReactElement | null {
  const [isOpen, setOpen] = useState(false);
  const { collection, place: location } = source;
  if (collection === undefined || location?.page === undefined || !hasPictures(source)) return null;
  return (
    <>
      <button type="button" className="button button-small page-link" onClick={() => setOpen(true)}>
        <FileSearch size={14} aria-hidden /> Show page {location.page}
      </button>
      {isOpen ? (
        <Suspense fallback={null}>
          <LazyPageDialog
            address={`/api/collections/${encodeURIComponent(collection)}/documents/${encodeURIComponent(source.document)}/page`}
            name={source.title ?? source.document}
            location={location}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      ) : null}
    </>
  );
}

/** Pages of slides and sheets have no picture. Passages of older versions have no boxes: there, the file extension decides. */
const hasPictures = ({ document, place: location }: NamedSource): boolean =>
  (location?.boxes ?? []).length > 0 || /\.(?:pdf|tiff?|png|jpe?g|webp|gif|bmp)$/i.test(document);
