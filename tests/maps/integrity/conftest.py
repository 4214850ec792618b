from tests.loaders.conftest import real_data as real_data
