import clsx from 'clsx';
import { useStore } from '@xyflow/react';
import { CircleHelp, Maximize, Minus, PictureInPicture2, Plus } from 'lucide-react';
import { memo, type ReactElement } from 'react';
import { CommandButton } from '../../commands/index.js';
import { useMapShown } from './use-map-shown.js';
import styles from '../canvas.module.css';

/** The zoom level and its buttons, and the buttons for map and legend. They run the same commands as the shortcuts. */
export const ZoomControl = memo(function ZoomControl(): ReactElement {
  const percent = useStore(({ transform: [, , zoom] }) => Math.round(zoom * 100));
  const isNearest = useStore(({ transform: [, , zoom], maxZoom }) => zoom >= maxZoom);
  const isFarthest = useStore(({ transform: [, , zoom], minZoom }) => zoom <= minZoom);
  const isMapOpen = useMapShown();
  return (
    <div className={styles['zoom-control']} data-zoom role="group" aria-label="Zoom, map and legend">
      <CommandButton id="zoom-out" isAtEnd={isFarthest}>
        <Minus size={16} aria-hidden />
      </CommandButton>
      <span className={clsx('figure', styles['zoom-now'], 'small-quiet')}>
        <span className="visually-hidden">Zoom </span>
        {percent}%
      </span>
      <CommandButton id="zoom-in" isAtEnd={isNearest}>
        <Plus size={16} aria-hidden />
      </CommandButton>
      <CommandButton id="fit">
        <Maximize size={16} aria-hidden />
      </CommandButton>
      <CommandButton id="minimap" isPressed={isMapOpen}>
        <PictureInPicture2 size={16} aria-hidden />
      </CommandButton>
      <CommandButton id="legend">
        <CircleHelp size={16} aria-hidden />
      </CommandButton>
    </div>
  );
});
