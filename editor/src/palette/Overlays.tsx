import type { ReactElement } from 'react';
import { EditOutput } from '../run/EditOutput.js';
import { NodeMenu } from '../run/NodeMenu.js';
import { useView } from '../session.js';
import { DataMap } from '../data-map/DataMap.js';
import { CommandPalette } from './CommandPalette.js';
import { ConnectPorts } from './ConnectPorts.js';
import { FindNode } from './FindNode.js';
import { NodePalette } from './NodePalette.js';
import { ImportFile } from './ImportFile.js';
import { Shortcuts } from './Shortcuts.js';
import { ThreadList } from './ThreadList.js';

/** What lies over the canvas now. */
export function Overlays(): ReactElement | null {
  const overlay = useView((state) => state.overlay);
  switch (overlay?.kind) {
    case undefined:
      return null;
    case 'palette':
      return <NodePalette overlay={overlay} />;
    case 'commands':
      return <CommandPalette />;
    case 'shortcuts':
      return <Shortcuts />;
    case 'find':
      return <FindNode />;
    case 'data-map':
      return <DataMap />;
    case 'node-menu':
      return <NodeMenu at={overlay.at} />;
    case 'edit-output':
      return <EditOutput key={overlay.node} nodeId={overlay.node} />;
    case 'connect':
      return <ConnectPorts thread={overlay.thread} />;
    case 'threads':
      return <ThreadList />;
    case 'import':
      return <ImportFile overlay={overlay} />;
  }
}
