package io.fettle.cmdb;

import io.fettle.kernel.AssetId;

/** Hint after commit: this asset's visible document changed or the asset was created or retired. */
public record AssetChanged(AssetId asset) {}
