// Sends each request of a viewer to the origin of one of two pools, as the key value store says.
// It runs as a CloudFront Function (cloudfront-js-2.0) on viewer requests.
import cf from 'cloudfront';

const store = cf.kvs();

async function handler(event) {
  const request = event.request;
  try {
    const pool = chosen(await store.get('split', { format: 'json' }), event.viewer.ip);
    cf.selectRequestOriginById(pool.origin);
    request.headers['sluice-pool'] = { value: pool.pool }; // for the cache key, and for the origin
  } catch (unreadable) {
    // The origin of the behavior serves, as if this function were not there.
  }
  return request;
}

// A weight is in hundredths of a percent.
function chosen(split, ip) {
  if (!split.candidate) return split.stable;
  const drawn = split.sticky ? place(ip + split.candidate.pool) : Math.floor(Math.random() * 10000);
  return drawn < split.weight ? split.candidate : split.stable;
}

// The same text has the same place among ten thousand. So a viewer who met the candidate goes on meeting it while its weight grows.
function place(text) {
  let hash = 7;
  for (let i = 0; i < text.length; i++) hash = (hash * 65599 + text.charCodeAt(i)) % 4294967291;
  return hash % 10000;
}
