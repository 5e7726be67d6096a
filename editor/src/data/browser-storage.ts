/** The part of the browser's Storage interface that the editor uses. */
type BrowserStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** In-memory storage for this page. Used if the browser's settings block storage, in which case even accessing it throws. */
function memoryStorage(): BrowserStorage {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    key: (index) => [...values.keys()][index] ?? null,
    get length() {
      return values.size;
    },
  };
}

const instead = { local: memoryStorage(), session: memoryStorage() };

/** The browser's persistent storage. A write may fail if the storage is full. */
export function localValues(): BrowserStorage {
  return usableStorage(() => localStorage) ?? instead.local;
}

/** The tab's storage, which survives a reload. */
export function sessionValues(): BrowserStorage {
  return usableStorage(() => sessionStorage) ?? instead.session;
}

function usableStorage(get: () => Storage): Storage | undefined {
  try {
    const storage = get();
    storage.getItem('heddle');
    return storage;
  } catch {
    return undefined; // Blocked by browser settings, or not running in a browser.
  }
}
