// SPDX-License-Identifier: Apache-2.0
// Nothing of its own: the source through which the precompiled <catch2/catch.hpp> is built.
