/** Exact times on hover, in the reader's own zone and language. The server writes them in UTC. */

/** @param {Document | Element} root */
export function localTimes(root) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'long' });
  for (const time of root.querySelectorAll('time[datetime]'))
    /** @type {HTMLTimeElement} */ (time).title = format.format(
      new Date(/** @type {HTMLTimeElement} */ (time).dateTime),
    );
}
