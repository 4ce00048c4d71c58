/** The browser's own copy of what is being drawn, in IndexedDB: for a crash, a closed tab, a lost connection. */

const NAME = 'stellwerk';
const STORE = 'diagrams';

/** @returns {Promise<IDBDatabase>} */
function database() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} act
 * @returns {Promise<any>}
 */
async function run(mode, act) {
  const db = await database();
  try {
    return await new Promise((resolve, reject) => {
      const request = act(db.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    db.close();
  }
}

/** @typedef {{ key: string, xml: string, name: string, at: number }} Copy */

/** @param {string} key @returns {Promise<Copy | undefined>} */
export const readCopy = (key) => run('readonly', (store) => store.get(key));
/** @param {Copy} copy */
export const writeCopy = (copy) => run('readwrite', (store) => store.put(copy));
/** @param {string} key */
export const dropCopy = (key) => run('readwrite', (store) => store.delete(key));
