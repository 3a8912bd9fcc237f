/** America/New_York → New York */
export function placeOfZone(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

/** Zones that show the same time now are one entry. */
export function timesThere(
  zones: readonly string[],
  timeIn: (zone: string) => string,
): readonly { time: string; places: readonly string[] }[] {
  const places = new Map<string, string[]>();
  for (const zone of zones) {
    const time = timeIn(zone);
    places.set(time, [...(places.get(time) ?? []), placeOfZone(zone)]);
  }
  return [...places].map(([time, names]) => ({ time, places: names }));
}
